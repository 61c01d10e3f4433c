-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "formerMemberId" TEXT,
ADD COLUMN     "missingSince" TIMESTAMP(3);
