-- AlterTable
ALTER TABLE "Plan" ADD COLUMN "roleById" TEXT;
