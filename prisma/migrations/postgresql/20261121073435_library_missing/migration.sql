-- AlterTable
ALTER TABLE "Library" ADD COLUMN     "missingSince" TIMESTAMP(3);
